"""`pome app` in a real browser: Debian's chromium, headless, with a camera made of the embedded pictures.
Usage: browser_test.py POME SOURCE FOLDER-OF-MODELS SCREENSHOTS [unittest's own arguments]
Leaves with 77 (CTest: skipped) and the reason where there is no browser; with 1 where POME_BROWSER_REQUIRED is set."""
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

POME, SOURCE, MODELS, SHOTS = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
PICTURES = SOURCE / "examples/pictures"


def leave(reason):
    """Without a browser there is nothing to test."""
    print(f"no browser test: {reason}")
    sys.exit(1 if os.environ.get("POME_BROWSER_REQUIRED") else 77)


try:
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    leave(f"{sys.executable} has no selenium; ./test.sh makes an environment with it (tools/requirements-browser.txt)")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    leave("chromium and chromedriver are not installed (Debian: chromium, chromium-driver)")

WIDE, PHONE = (1280, 900), (390, 844)

# Text whose colour is too near to its ground: [ratio, text] of the worst.
CONTRAST = """
const light = (c) => { const v = c / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
const luminance = ({ r, g, b }) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
let worst = [99, "nothing"];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
  if (element.closest(".unseen, .skip, .boxes, .badge, noscript, script, select")) continue;
  let ground = null;
  for (let at = element; at && !ground; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.a > 0.99) ground = colour;
  }
  const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground ?? { r: 255, g: 255, b: 255 })];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < worst[0]) worst = [ratio, walker.currentNode.data.trim()];
}
return worst;
"""


class App:
    def __init__(self, model):
        self.process = subprocess.Popen([POME, "app", str(model), "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self.process.stdout.close()


def write_camera(path):
    """A film of two seconds cat and two seconds dog, which Chromium's fake camera plays in a loop at 30 a second."""
    cat, dog = ((PICTURES / f"{name}.jpg").read_bytes() for name in ("cat", "dog"))
    path.write_bytes(cat * 60 + dog * 60)


def png_bomb():
    """10,000 x 10,000 pixels in 12 kB."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(1251)) for _ in range(10000)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 10000, 10000, 1, 0, 0, 0, 0)) +
            chunk(b"IDAT", data) + chunk(b"IEND", b""))


def start_browser(camera):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in ("--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--force-device-scale-factor=1", f"--window-size={WIDE[0]},{WIDE[1]}",
                 "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                 f"--use-file-for-fake-video-capture={camera}"):
        options.add_argument(word)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's sandbox does not run as root
    options.add_argument("--disable-dev-shm-usage")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=DRIVER))


class BrowserTest(unittest.TestCase):
    model = "CatDog.mlmodel"

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = pathlib.Path(cls.folder.name)
        subprocess.run([POME, "convert", SOURCE / "examples/models/catdog.h5", "--class-labels", "cat,dog",
                        "--preprocessing", "mobilenet", "--description", "Says whether a picture shows a cat or a dog.",
                        "--author", "the makers of Pome", "--license", "as the repository",
                        "-o", cls.work / "CatDog.mlmodel", "--quiet"], check=True, capture_output=True)
        write_camera(cls.work / "camera.mjpeg")
        cls.app = App(cls.work / cls.model if (cls.work / cls.model).exists() else MODELS / cls.model)
        cls.browser = start_browser(cls.work / "camera.mjpeg")
        SHOTS.mkdir(parents=True, exist_ok=True)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.app.stop()
        cls.folder.cleanup()

    def setUp(self):
        self.cdp("Emulation.clearDeviceMetricsOverride")
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        self.browser.get(self.app.url)
        self.until(lambda: self.js("return document.body.dataset.ready") == "true", "the page is ready")

    def tearDown(self):
        complaints = [entry for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        self.assertEqual(complaints, [], "the console has errors")

    # ---- Helpers

    def js(self, text, *arguments):
        return self.browser.execute_script(text, *arguments)

    def cdp(self, method, **parameters):
        return self.browser.execute_cdp_cmd(method, parameters)

    def element(self, name):
        return self.browser.find_element(By.ID, name)

    def until(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := condition():
                return value
            time.sleep(0.05)
        self.shoot("failed")
        self.fail(f"not within {seconds} s: {what}; the answer says {self.element('answer').text!r}")

    def label(self):
        """The label as the page shows it, without its share."""
        return self.js("""const label = document.querySelector("#result .label");
            return label?.checkVisibility() ? label.firstChild.data : null;""")

    def wait_for_label(self, wanted):
        self.until(lambda: self.label() == wanted, f"the label {wanted}")

    def choose(self, *paths):
        self.element("files").send_keys("\n".join(str(path) for path in paths))

    def problem(self, title):
        """The error card's text, once it has that title; the browser's own line about the status is expected."""
        self.until(lambda: title in self.element("problem").text, f"a card with {title}")
        for entry in self.browser.get_log("browser"):
            self.assertRegex(entry["message"], r"/predict\?\S* - Failed to load resource: the server responded with a status of 4\d\d")
        return self.element("problem").text

    def shoot(self, name):
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        picture = self.cdp("Page.captureScreenshot", captureBeyondViewport=True,
                           clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        (SHOTS / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def as_phone(self):
        self.cdp("Emulation.setDeviceMetricsOverride", width=PHONE[0], height=PHONE[1], deviceScaleFactor=2, mobile=True)

    def dark(self):
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def check_looks(self):
        self.assertLessEqual(self.js("return document.documentElement.scrollWidth"), self.js("return innerWidth"), "wider than the window")
        ratio, text = self.js(CONTRAST)
        self.assertGreaterEqual(ratio, 4.5, f"too little contrast: {text!r}")

    def check_names(self):
        """What a screen reader says of everything that can be pressed, chosen or looked at."""
        unnamed = []
        for node in self.cdp("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if not node.get("ignored") and role in ("button", "radio", "textbox", "combobox", "link", "image"):
                if not node.get("name", {}).get("value", "").strip():
                    unnamed.append(role)
        self.assertEqual(unnamed, [])


class Pictures(BrowserTest):
    def test_choose_several(self):
        self.choose(PICTURES / "cat.jpg", PICTURES / "dog.jpg")
        self.wait_for_label("cat")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".tile.done")) == 2, "two tiles")
        self.assertRegex(self.element("took").text, r"^[\d.]+ ms: [\d.]+ ms decoding, [\d.]+ ms fitting, [\d.]+ ms predicting$")
        self.assertEqual(self.element("seen-size").text, "224 × 224 pixels")
        self.assertEqual(self.js("return document.getElementById('seen-picture').naturalWidth"), 224)
        self.assertTrue(self.element("said").get_attribute("textContent").startswith("cat.jpg: cat"))
        next(t for t in self.browser.find_elements(By.CSS_SELECTOR, ".tile") if "dog.jpg" in t.text).click()
        self.wait_for_label("dog")
        self.assertEqual(self.element("photo").get_attribute("alt"), "dog.jpg")
        self.check_names()
        self.check_looks()
        self.shoot("classifier-light")
        self.dark()
        self.check_looks()
        self.shoot("classifier-dark")

    def test_crop_and_scale(self):
        self.choose(PICTURES / "cat.jpg")
        self.wait_for_label("cat")
        seen = lambda: self.element("seen-picture").get_attribute("src")
        pictures = {seen()}
        for value in ("centerCrop", "scaleFit"):
            self.js("arguments[0].click()", self.browser.find_element(By.CSS_SELECTOR, f"input[value={value}]"))
            self.until(lambda: seen() not in pictures, f"another view with {value}")
            pictures.add(seen())

    def test_drop(self):
        # As the browser makes them when a file is dropped; a hand that drags is not to be had without a screen.
        self.js("""const data = new DataTransfer();
            const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
            data.items.add(new File([bytes], "dog.jpg", { type: "image/jpeg" }));
            window.drag = (kind) => document.getElementById("stage").dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
            return window.drag("dragover");""", base64.b64encode((PICTURES / "dog.jpg").read_bytes()).decode())
        self.assertIn("dropping", self.element("stage").get_attribute("class"))
        self.assertFalse(self.js("return window.drag('drop')"), "the browser would open the file itself")
        self.wait_for_label("dog")
        self.assertNotIn("dropping", self.element("stage").get_attribute("class"))

    def test_paste(self):
        self.cdp("Browser.grantPermissions", origin=self.app.url, permissions=["clipboardReadWrite", "clipboardSanitizedWrite", "videoCapture"])
        self.browser.set_script_timeout(20)
        copied = self.browser.execute_async_script("""
            const done = arguments[arguments.length - 1];
            const picture = new Image();
            picture.onload = async () => {
              const canvas = document.createElement("canvas");
              [canvas.width, canvas.height] = [picture.width, picture.height];
              canvas.getContext("2d").drawImage(picture, 0, 0);
              const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
              try { await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]); done("ok"); } catch (error) { done(String(error)); }
            };
            picture.src = "data:image/jpeg;base64," + arguments[0];""", base64.b64encode((PICTURES / "dog.jpg").read_bytes()).decode())
        self.assertEqual(copied, "ok")
        ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
        self.wait_for_label("dog")
        self.browser.refresh()
        self.until(lambda: self.js("return document.body.dataset.ready") == "true", "the page is ready")
        self.element("paste").click()
        self.wait_for_label("dog")

    def test_what_is_no_picture(self):
        cases = {"paper.pdf": (b"%PDF-1.7\n" + bytes(2000), "Not a picture", "PDF document"),
                 "empty.jpg": (b"", "Not a picture", "empty"),
                 "bomb.png": (png_bomb(), "Too large", "10000 x 10000"),
                 "half.jpg": ((PICTURES / "cat.jpg").read_bytes()[:9000], "damaged", "ends before")}
        for name, (content, title, reason) in cases.items():
            (self.work / name).write_bytes(content)
            self.choose(self.work / name)
            text = self.problem(title)
            self.assertIn(name, text)
            self.assertIn(reason, text)
            self.assertFalse(self.element("seen").is_displayed())
        self.check_looks()
        self.shoot("problem-light")
        # And on it goes.
        self.choose(PICTURES / "dog.jpg")
        self.wait_for_label("dog")

    def test_a_kind_that_only_browsers_read(self):
        gif = bytes.fromhex("47494638396101000100800000ff0000000000" "2c00000000010001000002024401003b")
        (self.work / "dot.gif").write_bytes(gif)
        self.choose(self.work / "dot.gif")
        self.until(lambda: self.label() in ("cat", "dog"), "a label")
        self.assertIn("PNG", self.element("notes").text)
        for entry in self.browser.get_log("browser"):
            self.assertIn("status of 415", entry["message"])

    def test_phone(self):
        self.as_phone()
        self.browser.refresh()
        self.until(lambda: self.js("return document.body.dataset.ready") == "true", "the page is ready")
        self.check_looks()
        self.shoot("phone-empty")
        self.choose(PICTURES / "dog.jpg")
        self.wait_for_label("dog")
        small = self.js("""return [...document.querySelectorAll("button, .choices span")]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => e.textContent)""")
        self.assertEqual(small, [], "too small for a finger")
        self.check_looks()
        self.shoot("phone-light")
        self.dark()
        self.shoot("phone-dark")

    def test_nothing_leaves_the_machine(self):
        self.choose(PICTURES / "dog.jpg")
        self.wait_for_label("dog")
        asked = self.js("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        self.assertGreater(len(asked), 8)
        for url in asked:
            self.assertRegex(url, rf"^({re.escape(self.app.url)}|data:|blob:)")
        self.assertIn("Nothing leaves this machine", self.element("private").text)
        self.shoot("first")

    def test_the_program_has_ended(self):
        app = App(self.work / "CatDog.mlmodel")
        self.browser.get(app.url)
        self.until(lambda: self.js("return document.body.dataset.ready") == "true", "the page is ready")
        app.stop()
        self.choose(PICTURES / "dog.jpg")
        self.until(lambda: "does not answer" in self.element("problem").text, "a card")
        self.assertIn("pome app", self.element("problem").text)
        self.browser.get_log("browser")  # the browser's line about the connection


class Camera(BrowserTest):
    def turn_on(self):
        self.element("camera").click()
        self.until(lambda: self.element("shot").is_displayed(), "the camera is on")
        self.until(lambda: self.js("return document.getElementById('video').videoWidth") == 640, "frames")

    def test_one_picture(self):
        self.turn_on()
        self.element("shot").click()
        self.until(lambda: self.label() in ("cat", "dog"), "a label")
        self.assertEqual(self.element("photo").get_attribute("alt"), "Camera picture 1")
        self.element("shot").click()  # back to the camera
        self.until(lambda: self.element("video").is_displayed(), "the camera again")
        self.element("camera").click()
        self.assertFalse(self.element("video").is_displayed())
        self.assertIsNone(self.js("return document.getElementById('video').srcObject"))

    def test_live(self):
        self.js("""window.most = 0; let now = 0; const ask = window.fetch;
            window.fetch = async (...a) => { window.most = Math.max(window.most, ++now); try { return await ask(...a); } finally { --now; } };""")
        self.turn_on()
        self.element("live").click()
        for wanted in ("cat", "dog", "cat"):  # the film's two seconds each
            self.wait_for_label(wanted)
        self.assertTrue(self.element("seen-picture").is_displayed())
        time.sleep(2.5)  # a second in which nobody asks the browser anything
        text = self.until(lambda: re.search(r"Live · (\d+) a second", self.element("live-badge").text), "the rate")
        print(f"live: {self.element('live-badge').text}")
        self.assertGreaterEqual(int(text.group(1)), 1)  # 30 on an idle machine; this one may be busy
        self.assertEqual(self.js("return window.most"), 1, "a frame waited for another")
        self.shoot("live-light")
        self.element("live").click()
        self.assertFalse(self.element("live-badge").is_displayed())
        time.sleep(0.5)
        said = self.element("answer").text
        time.sleep(0.5)
        self.assertEqual(self.element("answer").text, said, "it goes on after the end")

    def test_keyboard_alone(self):
        keys = lambda *k: ActionChains(self.browser).send_keys(*k).perform()
        focused = lambda: self.js("return document.activeElement.id || document.activeElement.value || document.activeElement.textContent.trim()")
        keys(Keys.TAB)
        self.assertEqual(focused(), "Skip to the answer")
        self.assertGreaterEqual(self.js("return document.activeElement.getBoundingClientRect().top"), 0, "it is seen when it has the focus")
        self.js("""window.opened = 0; document.getElementById("files").addEventListener("click", (event) => { event.preventDefault(); ++window.opened; });""")
        keys(Keys.TAB)
        self.assertEqual(focused(), "choose")
        keys(Keys.ENTER)
        self.assertEqual(self.js("return window.opened"), 1)
        outline = self.js("return getComputedStyle(document.activeElement).outlineStyle")
        self.assertEqual(outline, "solid", "where the keyboard is, is seen")
        keys(Keys.TAB, Keys.TAB)
        self.assertEqual(focused(), "camera")
        keys(Keys.SPACE)
        self.until(lambda: self.element("shot").is_displayed(), "the camera is on")
        self.until(lambda: self.js("return document.getElementById('video').videoWidth") == 640, "frames")
        keys(Keys.TAB)
        self.assertEqual(focused(), "shot")
        keys(Keys.ENTER)
        self.until(lambda: self.label() in ("cat", "dog"), "a label")
        first = self.element("seen-picture").get_attribute("src")
        keys(Keys.TAB)
        self.assertEqual(focused(), "scaleFill")
        keys(Keys.ARROW_RIGHT)
        self.assertEqual(focused(), "centerCrop")
        self.until(lambda: self.element("seen-picture").get_attribute("src") != first, "another view")
        keys(Keys.SHIFT + Keys.TAB)

    def test_no_camera(self):
        self.js("""navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("none", "NotFoundError"); };""")
        self.element("camera").click()
        self.until(lambda: "There is no camera" in self.element("problem").text, "a card")


class Detector(BrowserTest):
    model = "Detector.mlmodel"

    def test_boxes_lie_where_the_model_says(self):
        self.choose(PICTURES / "dog.jpg")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".box")) == 2, "two boxes")
        def shares():
            return self.js("""const frame = document.getElementById("photo").getBoundingClientRect();
                return [...document.querySelectorAll(".box")].map((e) => { const r = e.getBoundingClientRect();
                  return [(r.x - frame.x) / frame.width, (r.y - frame.y) / frame.height, r.width / frame.width, r.height / frame.height]; })""")
        for found, expected in zip(shares(), ([0.05, 0.05, 0.4, 0.4], [0.55, 0.6, 0.4, 0.3])):
            for a, b in zip(found, expected):
                self.assertAlmostEqual(a, b, delta=0.01)
        self.assertEqual(self.label(), "cat, dog")
        self.shoot("detector-light")
        # The input is 2:1 and the picture 4:3: its middle two thirds are seen, so boxes move towards the middle.
        before = self.element("seen-picture").get_attribute("src")
        self.js("arguments[0].click()", self.browser.find_element(By.CSS_SELECTOR, "input[value=centerCrop]"))
        self.until(lambda: self.element("seen-picture").get_attribute("src") != before, "another view")
        self.until(lambda: abs(shares()[0][1] - (1 / 6 + 0.05 * 2 / 3)) < 0.01, "the box has moved")

    def test_threshold(self):
        self.choose(PICTURES / "dog.jpg")
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".box")) == 2, "two boxes")
        field = self.browser.find_element(By.CSS_SELECTOR, "#fields input")
        field.send_keys("0.7", Keys.TAB)
        self.until(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, ".box")) == 1, "one box")
        self.check_names()


class Numbers(BrowserTest):
    model = "Doubling.mlmodel"

    def test_fields(self):
        field = self.browser.find_element(By.CSS_SELECTOR, "#fields input")
        field.clear()
        field.send_keys("1, 2, -3", Keys.ENTER)
        self.until(lambda: "3  5  -5" in self.element("result").get_attribute("textContent"), "the numbers")
        self.assertFalse(self.element("stage").is_displayed())
        self.check_names()
        self.shoot("numbers-light")


class PictureToPicture(BrowserTest):
    model = "Negative.mlmodel"

    def test_output_picture(self):
        self.choose(PICTURES / "dog.jpg")
        self.until(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".output img"), "a picture")
        self.assertEqual(self.js("return document.querySelector('.output img').naturalWidth"), 8)


del BrowserTest  # it has no test of its own
if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[5:])

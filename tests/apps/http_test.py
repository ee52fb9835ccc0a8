"""`pome app` over HTTP, without a browser: answers, and everything that must not get in.
Usage: http_test.py POME SOURCE FOLDER-OF-MODELS [unittest's own arguments]"""
import base64
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

POME, SOURCE, MODELS = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CAT = (SOURCE / "examples/pictures/cat.jpg").read_bytes()
DOG = (SOURCE / "examples/pictures/dog.jpg").read_bytes()


class App:
    """A running `pome app` on a free port."""

    def __init__(self, model, *options):
        self.process = subprocess.Popen([POME, "app", str(model), "--port", "0", "--json", *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"pome app did not start: {line}{self.process.stderr.read()}")
        self.url = json.loads(line)["url"]
        self.port = int(re.fullmatch(r"http://.*:(\d+)/", self.url).group(1))
        self.host = f"127.0.0.1:{self.port}"

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """(status, headers, bytes)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def predict(self, body, query="", content_type="image/jpeg", **headers):
        status, _, text = self.ask("POST", "/predict" + query, body, {"Content-Type": content_type, **headers})
        return status, json.loads(text)

    def raw(self, request, timeout=30):
        """What comes back for these very bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as wire:
            wire.sendall(request)
            return read_all(wire)

    def is_well(self):
        status, answer = self.predict(DOG)
        return status == 200 and answer["answers"][0]["label"] == "dog"

    def memory(self):
        """Resident bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024

    def stop(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        self.process.stderr.close()
        return status


def read_all(wire):
    parts = []
    try:
        while part := wire.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def png(width, height, depth=8, color=2, rows=None):
    """A PNG file; black where no rows are given."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    channels = {0: 1, 2: 3}[color]
    if rows is None:
        packer = zlib.compressobj(9)
        row = bytes(1 + (width * channels * depth + 7) // 8)
        data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    else:
        data = zlib.compress(b"".join(b"\0" + row for row in rows))
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pixels_of(file):
    """Width, height and the rows of an 8-bit RGB PNG, filters undone."""
    width, height, depth, color = struct.unpack(">IIBB", file[16:26])
    assert (depth, color) == (8, 2), (depth, color)
    data, at = b"", 8
    while at < len(file):
        length, kind = struct.unpack(">I4s", file[at:at + 8])
        if kind == b"IDAT":
            data += file[at + 8:at + 8 + length]
        at += 12 + length
    data = zlib.decompress(data)
    before, rows = bytearray(width * 3), []
    for y in range(height):
        kind = data[y * (width * 3 + 1)]
        row = bytearray(data[y * (width * 3 + 1) + 1:(y + 1) * (width * 3 + 1)])
        for i in range(width * 3):
            left = row[i - 3] if i >= 3 else 0
            up = before[i]
            corner = before[i - 3] if i >= 3 else 0
            if kind == 4:
                p = left + up - corner
                near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            else:
                near = (0, left, up, (left + up) // 2)[kind]
            row[i] = (row[i] + near) & 255
        rows.append(bytes(row))
        before = row
    return width, height, rows


class Page(unittest.TestCase):
    """The embedded cat-and-dog model."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.model = pathlib.Path(cls.folder.name) / "CatDog.mlmodel"
        subprocess.run([POME, "convert", SOURCE / "examples/models/catdog.h5", "--class-labels", "cat,dog",
                        "--preprocessing", "mobilenet", "-o", cls.model, "--quiet"], check=True, capture_output=True)
        cls.app = App(cls.model, "--time-limit", "3")

    @classmethod
    def tearDownClass(cls):
        cls.app.stop()
        cls.folder.cleanup()

    # ---- What it is for

    def test_says_cat_and_dog(self):
        for picture, label in ((CAT, "cat"), (DOG, "dog")):
            status, answer = self.app.predict(picture)
            self.assertEqual(status, 200)
            labels = answer["answers"][0]
            self.assertEqual((labels["kind"], labels["label"]), ("labels", label))
            self.assertGreater(labels["entries"][0]["value"], 0.9)
            self.assertTrue(all(answer["milliseconds"][part] > 0 for part in ("decode", "resize", "predict")))

    def test_same_answer_as_the_command(self):
        ran = subprocess.run([POME, "predict", self.model, SOURCE / "examples/pictures/cat.jpg", "--json",
                              "--crop-and-scale", "centerCrop"], check=True, capture_output=True)
        expected = json.loads(ran.stdout)["predictions"][0]["outputs"]["classLabelProbs"]
        _, answer = self.app.predict(CAT, "?crop=centerCrop")
        for entry in answer["answers"][0]["entries"]:
            self.assertAlmostEqual(entry["value"], expected[entry["label"]], places=6)

    def test_shows_what_the_model_sees(self):
        # Left red, right blue, three times as wide as high.
        file = png(96, 32, rows=[b"\xff\0\0" * 48 + b"\0\0\xff" * 48] * 32)
        _, answer = self.app.predict(file, "?crop=scaleFit")
        seen = answer["seen"]
        width, height, rows = pixels_of(base64.b64decode(seen["png"]))
        self.assertEqual((width, height, seen["width"], seen["height"]), (224, 224, 224, 224))
        pixel = lambda y, x: tuple(rows[y][3 * x:3 * x + 3])
        self.assertEqual(pixel(10, 112), (0, 0, 0), "black above")
        self.assertEqual(pixel(213, 112), (0, 0, 0), "black below")
        self.assertEqual(pixel(112, 20), (255, 0, 0))
        self.assertEqual(pixel(112, 200), (0, 0, 255))
        _, _, stretched = pixels_of(base64.b64decode(self.app.predict(file, "?crop=scaleFill")[1]["seen"]["png"]))
        self.assertEqual(tuple(stretched[10][60:63]), (255, 0, 0))
        self.assertNotIn("seen", self.app.predict(file, "?seen=0")[1])

    def test_model_card(self):
        status, _, text = self.app.ask("GET", "/model")
        about = json.loads(text)
        info = json.loads(subprocess.run([POME, "info", self.model, "--json"], check=True, capture_output=True).stdout)
        self.assertEqual((status, about["name"]), (200, "CatDog"))
        # All but what info adds in the words of Apple's tool.
        self.assertEqual(about["card"], {key: info[key] for key in about["card"]})
        self.assertTrue({"type", "inputs", "outputs", "classLabels", "weights", "runnable"} <= about["card"].keys())
        self.assertEqual(about["picture"]["width"], 224)

    def test_page_and_its_files(self):
        status, headers, page = self.app.ask("GET", "/")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        asked = re.findall(r'(?:src|href)="(/[^"]*)"', page.decode())
        self.assertGreaterEqual(len(asked), 3)
        names = {p.name for p in (SOURCE / "apps/page").iterdir()}
        for path in {*asked, *(f"/{name}" for name in names - {"index.html"})}:
            status, headers, bytes_ = self.app.ask("GET", path)
            self.assertEqual(status, 200, path)
            self.assertEqual(bytes_, (SOURCE / "apps/page" / path[1:]).read_bytes())
            policy = headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertNotRegex(bytes_.decode(), r"https?://(?!www\.w3\.org/)", f"{path} names an outside address")

    # ---- What must not get in

    def test_other_names_of_this_machine(self):
        for host in ("evil.example", f"evil.example:{self.app.port}", "", f"127.0.0.1.evil.example:{self.app.port}",
                     f"localhost:{self.app.port + 1}", f"[::2]:{self.app.port}"):
            answer = self.app.raw(f"GET /model HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            self.assertTrue(answer.startswith(b"HTTP/1.1 403"), (host, answer[:100]))
            self.assertNotIn(b"CatDog", answer)
        answer = self.app.raw(b"GET /model HTTP/1.1\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 403"), answer[:100])
        answer = self.app.raw(f"GET /model HTTP/1.1\r\nHost: localhost:{self.app.port}\r\nHost: evil.example\r\n\r\n".encode())
        self.assertTrue(answer.startswith(b"HTTP/1.1 403"), answer[:100])

    def test_other_pages(self):
        for origin in ("http://evil.example", "null", f"http://127.0.0.1:{self.app.port + 1}", "https://127.0.0.1"):
            status, answer = self.app.predict(DOG, Origin=origin)
            self.assertEqual((status, answer["error"]["code"]), (403, "forbidden_origin"), origin)
        status, _ = self.app.predict(DOG, **{"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(status, 403)
        self.assertEqual(self.app.predict(DOG, Origin=f"http://{self.app.host}")[0], 200)

    def test_types_that_forms_send(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            self.assertEqual(self.app.predict(DOG, content_type=kind)[0], 415, kind)

    def test_no_path_leads_to_a_file(self):
        for path in ("/../../etc/passwd", "/etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/style.css/../app.h",
                     "//etc/passwd", "/predict/../model", "/.git/config", "/index.html"):
            answer = self.app.raw(f"GET {path} HTTP/1.1\r\nHost: {self.app.host}\r\n\r\n".encode())
            self.assertTrue(answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), (path, answer[:60]))
            self.assertNotIn(b"root:", answer)

    def test_methods(self):
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            self.assertIn(self.app.ask(method, "/predict")[0], (400, 405), method)
        self.assertEqual(self.app.ask("GET", "/predict")[0], 404)
        self.assertEqual(self.app.ask("HEAD", "/")[0], 200)

    # ---- What is no picture

    def error_of(self, body, status, code):
        found, answer = self.app.predict(body)
        self.assertEqual((found, answer["error"]["code"]), (status, code), answer)
        return answer["error"]["message"]

    def test_a_pdf(self):
        self.assertIn("PDF", self.error_of(b"%PDF-1.7\n" + b"0" * 1000, 415, "invalid_format"))

    def test_an_empty_file(self):
        self.assertIn("empty", self.error_of(b"", 415, "invalid_format"))

    def test_a_damaged_jpeg(self):
        self.error_of(CAT[:len(CAT) // 2], 422, "corrupt")

    def test_a_bomb_of_a_hundred_megapixels(self):
        bomb = png(10000, 10000, depth=1, color=0)
        self.assertLess(len(bomb), 20000)
        before = self.app.memory()
        start = time.monotonic()
        message = self.error_of(bomb, 413, "limit_exceeded")
        self.assertLess(time.monotonic() - start, 1)
        self.assertIn("10000 x 10000", message)
        self.assertLess(self.app.memory() - before, 50_000_000)

    def test_too_large_a_body(self):
        status, answer = self.app.predict(bytes(33_000_000))
        self.assertEqual((status, answer["error"]["code"]), (413, "limit_exceeded"))
        # Told at once where the body is only announced.
        start = time.monotonic()
        head = f"POST /predict HTTP/1.1\r\nHost: {self.app.host}\r\nContent-Type: image/png\r\nContent-Length: 99999999999\r\n\r\n"
        self.assertTrue(self.app.raw(head.encode()).startswith(b"HTTP/1.1 413"))
        self.assertLess(time.monotonic() - start, 3)

    def test_bodies_without_a_length(self):
        head = f"POST /predict HTTP/1.1\r\nHost: {self.app.host}\r\nContent-Type: image/png\r\n"
        self.assertTrue(self.app.raw((head + "\r\n").encode()).startswith(b"HTTP/1.1 411"))
        chunked = head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        self.assertTrue(self.app.raw(chunked.encode()).startswith(b"HTTP/1.1 411"))
        bomb = zlib.compress(bytes(30_000_000))
        packed = head + f"Content-Encoding: deflate\r\nContent-Length: {len(bomb)}\r\n\r\n"
        self.assertTrue(self.app.raw(packed.encode() + bomb).startswith(b"HTTP/1.1 415"))

    def test_what_is_no_http(self):
        for junk in (b"\x16\x03\x01\x02\x00" + bytes(512), b"GET\r\n\r\n", b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                     b"A" * 100_000, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"):
            answer = self.app.raw(junk)
            self.assertNotIn(b"HTTP/1.1 20", answer[:12], junk[:40])
        self.assertTrue(self.app.is_well())

    def test_ranges_are_not_multiplied(self):
        # As long as a line may be: the pattern that reads it recurses.
        self.app.raw(b"GET / HTTP/1.1\r\nHost: " + self.app.host.encode() + b"\r\nRange: bytes=" + b"0-0," * 2000 + b"0-0\r\n\r\n")
        self.assertTrue(self.app.is_well())
        many = b"bytes=" + b",".join(b"%d-%d" % (i, i + 500) for i in range(300))
        answer = self.app.raw(b"GET /style.css HTTP/1.1\r\nHost: " + self.app.host.encode() + b"\r\nRange: " + many + b"\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 200"))
        self.assertLess(len(answer), 40_000)

    def test_odd_parameters(self):
        self.assertEqual(self.app.predict(DOG, "?crop=sideways")[0], 400)
        self.assertEqual(self.app.predict(DOG, "?" + "&".join(f"x{i}=y" for i in range(900)))[0], 200)

    # ---- Too slow, too many

    def test_slow_clients_do_not_keep_others_out(self):
        head = f"POST /predict HTTP/1.1\r\nHost: {self.app.host}\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n"
        wires = []
        start = time.monotonic()
        for i in range(24):
            wire = socket.create_connection(("127.0.0.1", self.app.port))
            wire.sendall(head[:40 if i % 2 else len(head)].encode())  # half of the head; or a body that never comes
            wires.append(wire)
        self.assertTrue(self.app.is_well())
        self.assertLess(time.monotonic() - start, 2)
        # One drips a byte each 0.1 s: no read is slow, the whole is.
        dripping = wires[1]
        dripping.settimeout(20)
        ended = None
        while time.monotonic() - start < 10 and ended is None:
            try:
                dripping.sendall(b"x")
                time.sleep(0.1)
            except OSError:
                ended = time.monotonic() - start
        self.assertIsNotNone(ended, "a dripping client was kept")
        self.assertLess(ended, 8)
        for wire in wires:
            wire.close()

    def test_a_client_that_takes_nothing(self):
        wires = []
        for _ in range(8):
            wire = socket.socket()
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            wire.connect(("127.0.0.1", self.app.port))
            head = f"POST /predict HTTP/1.1\r\nHost: {self.app.host}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(DOG)}\r\n\r\n"
            wire.sendall(head.encode() + DOG)
            wires.append(wire)
        time.sleep(0.5)
        self.assertTrue(self.app.is_well())
        for wire in wires:
            wire.close()

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda i: self.app.predict((CAT, DOG)[i % 2]), range(60)))
        for i, (status, answer) in enumerate(answers):
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer["answers"][0]["label"], ("cat", "dog")[i % 2])

    def test_clients_that_go_away(self):
        head = f"POST /predict HTTP/1.1\r\nHost: {self.app.host}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(DOG)}\r\n\r\n"
        for i in range(40):
            with socket.create_connection(("127.0.0.1", self.app.port)) as wire:
                wire.sendall((head.encode() + DOG)[:200 + i * 1000])
        self.assertTrue(self.app.is_well())


class Kinds(unittest.TestCase):
    """Models that are no classifiers."""

    def app(self, name, *options):
        app = App(MODELS / name, *options)
        self.addCleanup(app.stop)
        return app

    def test_detector(self):
        app = self.app("Detector.mlmodel")
        status, answer = app.predict(DOG)
        self.assertEqual(status, 200, answer)
        boxes = answer["answers"][0]
        self.assertEqual((boxes["kind"], boxes["total"]), ("boxes", 2), "the third overlaps the first")
        self.assertEqual([box["label"] for box in boxes["boxes"]], ["cat", "dog"])
        cat = boxes["boxes"][0]
        for key, value in {"confidence": 0.9, "x": 0.05, "y": 0.05, "width": 0.4, "height": 0.4}.items():
            self.assertAlmostEqual(cat[key], value, places=5)
        # Its threshold is a field of the page.
        fields = json.loads(app.ask("GET", "/model")[2])["fields"]
        self.assertEqual([(f["name"], f["optional"]) for f in fields], [("confidenceThreshold", True)])
        _, fewer = app.predict(DOG, "?field.confidenceThreshold=0.7")
        self.assertEqual(fewer["answers"][0]["total"], 1)
        status, wrong = app.predict(DOG, "?field.confidenceThreshold=high")
        self.assertEqual((status, wrong["error"]["places"]), (400, ["confidenceThreshold"]))

    def test_picture_to_picture(self):
        app = self.app("Negative.mlmodel")
        _, answer = app.predict(png(8, 8, rows=[b"\x0a\x64\xff" * 8] * 8))
        made = answer["answers"][0]
        self.assertEqual(made["kind"], "picture")
        _, _, rows = pixels_of(base64.b64decode(made["png"]))
        self.assertEqual(tuple(rows[3][9:12]), (245, 155, 0))

    def test_numbers_without_a_picture(self):
        app = self.app("Doubling.mlmodel")
        self.assertIsNone(json.loads(app.ask("GET", "/model")[2])["picture"])
        status, answer = app.predict(b"", "?field.features=1,2,-3", content_type="application/octet-stream")
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["answers"][0]["first"], [3, 5, -5])
        self.assertNotIn("seen", answer)
        self.assertEqual(app.predict(b"")[0], 400)

    def test_names_that_would_move_a_cursor(self):
        app = self.app("Escapes.mlmodel")
        status, answer = app.predict(b"", "?field.features=1,2,3")
        self.assertEqual((status, answer["answers"][0]["name"]), (200, "\x1b[31my"))

    def test_what_the_page_cannot_give(self):
        ran = subprocess.run([POME, "app", MODELS / "TwoPictures.mlmodel", "--port", "0"], capture_output=True, text=True, timeout=30)
        self.assertEqual(ran.returncode, 4)
        self.assertIn('"right"', ran.stderr)

    def test_a_prediction_that_takes_too_long(self):
        app = self.app("Slow.mlmodel", "--time-limit", "1", "--threads", "1")
        start = time.monotonic()
        status, answer = app.predict(DOG)
        self.assertEqual((status, answer["error"]["code"]), (504, "timeout"), answer)
        self.assertLess(time.monotonic() - start, 8)

    def test_frames_of_a_camera_are_dropped_and_never_wait(self):
        app = self.app("Slow.mlmodel", "--time-limit", "3", "--threads", "1")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            slow = [pool.submit(app.predict, DOG) for _ in range(2)]
            time.sleep(0.7)
            start = time.monotonic()
            status, answer = app.predict(CAT, "?live=1")
            took = time.monotonic() - start
            self.assertEqual((status, answer["error"]["code"]), (503, "busy"))
            self.assertLess(took, 0.6)
            for future in slow:
                future.result()

    def test_ctrl_c_ends_it_at_once(self):
        app = App(MODELS / "Slow.mlmodel", "--threads", "1")
        with socket.create_connection(("127.0.0.1", app.port)) as idle:
            wire = socket.create_connection(("127.0.0.1", app.port))
            head = f"POST /predict HTTP/1.1\r\nHost: {app.host}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(DOG)}\r\n\r\n"
            wire.sendall(head.encode() + DOG)
            time.sleep(0.5)
            start = time.monotonic()
            self.assertEqual(app.stop(signal.SIGINT), 0)
            self.assertLess(time.monotonic() - start, 3)
            wire.close()
            idle.close()


class Command(unittest.TestCase):
    """The verb itself."""

    def test_examples_of_its_help(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([POME, "convert", SOURCE / "examples/models/catdog.h5", "--class-labels", "cat,dog",
                            "--preprocessing", "mobilenet", "-o", f"{folder}/CatDog.mlmodel", "--quiet"], check=True)
            opened = pathlib.Path(folder) / "opened"
            opener = pathlib.Path(folder) / "bin/xdg-open"
            opener.parent.mkdir()
            opener.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
            opener.chmod(0o755)
            environment = {**os.environ, "PATH": f"{opener.parent}:{pathlib.Path(POME).parent}:{os.environ['PATH']}"}
            text = subprocess.run([POME, "app", "--help"], check=True, capture_output=True, text=True).stdout
            examples = [line.strip() for line in text.splitlines() if line.startswith("  pome app ")]
            self.assertGreaterEqual(len(examples), 2)
            for example in examples:
                words = shlex.split(example)
                if "--port" not in words:
                    words += ["--port", "0"]  # 8765 may be in use here
                with subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
                    line = process.stdout.readline()
                    self.assertRegex(line, r"^CatDog is at http://127\.0\.0\.1:\d+/ ", example)
                    if "--open" in words:
                        for _ in range(100):
                            if opened.exists() and opened.read_text():
                                break
                            time.sleep(0.05)
                        self.assertIn(opened.read_text().strip(), line)
                    process.terminate()
                    self.assertEqual(process.wait(20), 0)

    def test_a_port_that_is_taken(self):
        app = App(MODELS / "Doubling.mlmodel")
        ran = subprocess.run([POME, "app", MODELS / "Doubling.mlmodel", "--port", str(app.port), "--json"],
                             capture_output=True, text=True, timeout=20)
        self.assertEqual(app.stop(), 0)
        self.assertEqual(ran.returncode, 3, ran.stdout)
        self.assertIn("--port 0", json.loads(ran.stdout)["error"]["message"])

    def test_open_to_the_network_only_when_told(self):
        app = App(MODELS / "Doubling.mlmodel")
        listening = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()
                     if line.split()[3] == "0A" and line.split()[1].endswith(f":{app.port:04X}")]
        self.assertEqual([line[1] for line in listening], [f"0100007F:{app.port:04X}"])
        app.stop()
        app = App(MODELS / "Doubling.mlmodel", "--host", "0.0.0.0", "--allow-host", "pets.example")
        ask = lambda host: app.raw(f"GET /model HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())[:12]
        self.assertEqual(ask(f"192.0.2.7:{app.port}"), b"HTTP/1.1 200")
        self.assertEqual(ask("pets.example"), b"HTTP/1.1 200")
        self.assertEqual(ask(f"evil.example:{app.port}"), b"HTTP/1.1 403")
        app.process.send_signal(signal.SIGTERM)
        self.assertIn("0.0.0.0", app.process.stderr.read())
        app.stop()

    def test_no_model(self):
        ran = subprocess.run([POME, "app", "nowhere.mlmodel"], capture_output=True, text=True)
        self.assertEqual(ran.returncode, 3)
        self.assertIn("nowhere.mlmodel", ran.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])

#include "apps/app.h"

#include <arpa/inet.h>

#include <algorithm>

#include "apps/server/answerer.h"
#include "apps/server/gate.h"
#include "apps/server/page.h"
#include "apps/server/server.h"
#include "apps/server/view.h"
#include "apps/server/work.h"

namespace pome::app {
namespace {

// How long a photo waits for its turn; a camera's frame never does.
constexpr std::chrono::milliseconds kPatience{5000};
constexpr int kWaitingPredictions = 16;

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

httplib::Headers security_headers() {
  return {{"Content-Security-Policy", kPolicy},
          {"X-Content-Type-Options", "nosniff"},
          {"X-Frame-Options", "DENY"},
          {"Referrer-Policy", "no-referrer"},
          {"Permissions-Policy", "camera=(self), microphone=(), geolocation=()"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cache-Control", "no-store"}};
}

std::vector<std::string> values_of(const httplib::Request& request, const char* name) {
  std::vector<std::string> values;
  const auto [begin, end] = request.headers.equal_range(name);
  for (auto header = begin; header != end; ++header) values.push_back(header->second);
  return values;
}

Head head_of(const httplib::Request& request) {
  Head head;
  head.method = request.method;
  head.hosts = values_of(request, "Host");
  head.origins = values_of(request, "Origin");
  head.fetch_site = request.get_header_value("Sec-Fetch-Site");
  head.fetch_mode = request.get_header_value("Sec-Fetch-Mode");
  head.content_type = request.get_header_value("Content-Type");
  head.content_encoding = request.get_header_value("Content-Encoding");
  head.transfer_encoding = request.get_header_value("Transfer-Encoding");
  head.content_lengths = values_of(request, "Content-Length");
  return head;
}

void respond(httplib::Response& response, int status, const Json& json) {
  response.status = status;
  // A model's text that is no UTF-8 is replaced, never thrown over.
  response.set_content(json.dump(-1, ' ', false, Json::error_handler_t::replace),
                       "application/json");
}

void send_error(httplib::Response& response, int status, const std::string& code,
                const std::string& message, const std::vector<std::string>& places = {}) {
  respond(response, status,
          {{"error", {{"code", code}, {"message", message}, {"places", places}}}});
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidFormat:
    case ErrorCode::kUnsupported:
      return 415;
    case ErrorCode::kCorrupt:
      return 422;
    case ErrorCode::kLimitExceeded:
    case ErrorCode::kOutOfMemory:
      return 413;
    case ErrorCode::kCancelled:
      return 504;
    case ErrorCode::kInternal:
    case ErrorCode::kIo:
      return 500;
    default:
      return 400;
  }
}

/// "http://[::1]:8765/".
std::string url_of(const std::string& host, int port) {
  const bool v6 = host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/";
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "127.0.0.1";
}

}  // namespace

struct App::Impl {
  Impl(Answerer the_answerer, const Options& the_options)
      : answerer(std::move(the_answerer)),
        options(the_options),
        slots(the_options.predictions, kWaitingPredictions),
        server(the_options.time_limit) {}
  ~Impl() {
    watchdog.stop_all();
    server.end();
  }

  void add_handlers();
  void predict(const httplib::Request& request, httplib::Response& response);
  Question question_of(const httplib::Request& request, bool& known_crop) const;

  Answerer answerer;
  Options options;
  GateRules rules;
  std::string url;
  std::string about;  // the JSON behind /model
  WorkSlots slots;
  Watchdog watchdog;
  Server server;  // last: its threads use the rest
};

void App::Impl::add_handlers() {
  server.set_default_headers(security_headers());
  server.set_payload_max_length(static_cast<size_t>(rules.max_bytes));
  server.set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        const auto refusal = refuse(head_of(request), rules);
        if (!refusal) return httplib::Server::HandlerResponse::Unhandled;
        send_error(response, refusal->status, refusal->code, refusal->message);
        return httplib::Server::HandlerResponse::Handled;
      });
  for (const PageFile& file : page_files()) {
    server.Get(std::string(file.path),
               [&file](const httplib::Request&, httplib::Response& response) {
                 response.set_content(file.bytes.data(), file.bytes.size(), std::string(file.type));
               });
  }
  server.Get("/model", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(about, "application/json");
  });
  server.Post("/predict", [this](const httplib::Request& request, httplib::Response& response) {
    predict(request, response);
  });
  server.set_error_handler([this](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    if (response.status == 404)
      return send_error(response, 404, "not_found", "There is no such page.");
    send_error(response, response.status, "bad_request",
               "The request did not arrive whole within " +
                   std::to_string(options.time_limit.count() / 1000) + " s, or is no HTTP.");
  });
  server.set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                  const std::exception_ptr&) {
    send_error(response, 500, "internal", "A defect of pome: please report it with the picture.");
  });
}

Question App::Impl::question_of(const httplib::Request& request, bool& known_crop) const {
  Question question;
  question.picture = std::as_bytes(std::span(request.body));
  const auto crop =
      request.has_param("crop") ? crop_of(request.get_param_value("crop")) : options.crop_and_scale;
  known_crop = crop.has_value();
  if (crop) question.crop_and_scale = *crop;
  for (const Field& field : answerer.form().fields) {
    const std::string key = "field." + field.feature.name;
    if (request.has_param(key)) question.fields[field.feature.name] = request.get_param_value(key);
  }
  return question;
}

void App::Impl::predict(const httplib::Request& request, httplib::Response& response) {
  bool known_crop = false;
  Question question = question_of(request, known_crop);
  if (!known_crop)
    return send_error(response, 400, "invalid_argument",
                      "crop is centerCrop, scaleFit or scaleFill.");
  const bool live = request.get_param_value("live") == "1";
  const auto slot = slots.enter(live ? std::chrono::milliseconds(0) : kPatience);
  if (!slot) {
    response.set_header("Retry-After", "1");
    return send_error(response, 503, "busy",
                      live ? "Other pictures are being looked at; this frame is dropped."
                           : "Too many pictures are waiting. Try again in a moment.");
  }
  std::stop_source work;
  const auto guard = watchdog.watch(work, Watchdog::Clock::now() + options.time_limit);
  question.cancellation = work.get_token();
  const auto answer = answerer.answer(question);
  if (!answer.ok() && answer.error().code() == ErrorCode::kCancelled) {
    return send_error(response, 504, "timeout",
                      "The prediction took longer than " +
                          std::to_string(options.time_limit.count() / 1000) +
                          " s and was stopped; `pome app --time-limit` gives it more.");
  }
  const auto json = answer.ok() ? answer_json(*answer, answerer.description(),
                                              request.get_param_value("seen") != "0")
                                : Result<Json>(answer.error());
  if (json.ok()) return respond(response, 200, *json);
  const Error& error = json.error();
  send_error(response, status_of(error.code()), std::string(to_string(error.code())),
             error.message(), error.places());
}

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
App::~App() = default;

const std::string& App::url() const { return impl_->url; }
bool App::open_to_network() const { return impl_->rules.open_to_network; }

Result<std::unique_ptr<App>> App::start(Model model, std::string name, std::string card,
                                        const Options& options) {
  auto answerer = Answerer::create(std::move(model), options.max_pixels);
  if (!answerer.ok()) return std::move(answerer).error();
  auto impl = std::make_unique<Impl>(*std::move(answerer), options);
  impl->rules.open_to_network = !is_loopback(options.host);
  impl->rules.allowed_hosts = options.allowed_hosts;
  impl->rules.max_bytes = options.max_bytes;
  Json about = {{"name", name},
                {"card", Json::parse(card, nullptr, false)},
                {"cropAndScale", crop_name(options.crop_and_scale)},
                {"openToNetwork", impl->rules.open_to_network},
                {"limits", {{"bytes", options.max_bytes}, {"pixels", options.max_pixels}}}};
  about.update(form_json(impl->answerer.form()));
  impl->about = about.dump(-1, ' ', false, Json::error_handler_t::replace);
  auto port = impl->server.bind(options.host, options.port);
  if (!port.ok()) return std::move(port).error();
  impl->rules.port = *port;
  impl->url = url_of(options.host, *port);
  impl->add_handlers();
  impl->server.serve();
  return std::unique_ptr<App>(new App(std::move(impl)));
}

}  // namespace pome::app

package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.ResponseRules;

/// What every response gets on its way out.
///
/// Source: Envoy's response header rules of the connection manager. Thread: event loop of the request.
final class ResponseHeaders {
    private static final String SERVER = "server";
    private static final String[] SMALL = new String[64];

    static {
        for (int number = 0; number < SMALL.length; number++) {
            SMALL[number] = Integer.toString(number);
        }
    }

    private ResponseHeaders() {}

    static void complete(Headers headers, RequestPath path) {
        HttpWorker worker = path.worker;
        ResponseRules rules = worker.config.responses();
        if (!headers.contains("date")) {
            headers.add("date", worker.date(path.info().startEpochMillis));
        }
        switch (rules.serverHeader()) {
            case OVERWRITE -> headers.set(SERVER, rules.serverName());
            case APPEND_IF_ABSENT -> {
                if (!headers.contains(SERVER)) {
                    headers.add(SERVER, rules.serverName());
                }
            }
            case PASS_THROUGH -> {}
        }
        StickyCookie.addTo(headers, path);
        if (worker.config.requests().ids().inResponse()) {
            String id = path.head().headers().get("x-request-id");
            if (id != null) {
                headers.set("x-request-id", id);
            }
        }
        if (!rules.via().isEmpty()) {
            String old = headers.getJoined("via");
            headers.set("via", old == null ? rules.via() : old + ", " + rules.via());
        }
    }

    /// A small number as text, mostly without allocation.
    static String number(long number) {
        return number >= 0 && number < SMALL.length ? SMALL[(int) number] : Long.toString(number);
    }
}

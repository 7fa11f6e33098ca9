package dev.lateen.cli.mesh;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// Asks an admin or debug API. Thread: any; blocks.
///
/// Limits: 5 s to connect, 30 s between bytes, 256 MiB.
final class HttpText {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int READ_MILLIS = 30_000;
    private static final int MAX_BYTES = 256 << 20;

    private HttpText() {}

    /// There was an answer, another than 200.
    static final class OtherAnswer extends IOException {
        private static final long serialVersionUID = 1L;

        OtherAnswer(String message) {
            super(message);
        }
    }

    /// @param address `host:port`
    /// @throws IOException with the address and what to do when there is no answer or another than 200
    static String get(String address, String path) throws IOException {
        return ask("GET", address, path);
    }

    static String post(String address, String path) throws IOException {
        return ask("POST", address, path);
    }

    private static String ask(String method, String address, String path) throws IOException {
        URI uri = URI.create("http://" + address + path);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        connection.setRequestMethod(method);
        if (method.equals("POST")) {
            connection.setRequestProperty("x-lateen-operator", "cli");
        }
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        try {
            int status = connection.getResponseCode();
            InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
            String text = body == null ? "" : new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            if (status != 200) {
                String first = text.lines().findFirst().orElse("");
                throw new OtherAnswer(uri + " answered " + status + (first.isEmpty() ? "" : ": " + first));
            }
            return text;
        } catch (ConnectException | SocketTimeoutException failure) {
            throw new IOException("nothing answers at " + address + " (" + failure.getMessage() + ")", failure);
        } finally {
            connection.disconnect();
        }
    }
}

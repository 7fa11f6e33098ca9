package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/// Makes sure that a proxy does what a scenario measures: what must be refused is refused.
final class Refusals {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int OK = 200;

    private Refusals() {}

    static void check(Scenario scenario, int port) throws IOException, InterruptedException {
        switch (scenario.filters()) {
            case NONE -> {}
            case POLICIES -> {
                expect(FORBIDDEN, port, "/admin/x", "");
                expect(FORBIDDEN, port, "/else", "");
                expect(OK, port, "/api/users/1", "");
            }
            case RS256 -> token(Tokens.of(Tokens.Algorithm.RS256), port);
            case ES256 -> token(Tokens.of(Tokens.Algorithm.ES256), port);
        }
    }

    private static void token(Tokens tokens, int port) throws IOException, InterruptedException {
        String good = tokens.all().get(1);
        String other = tokens.all().get(2);
        String stolen = good.substring(0, good.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));
        expect(OK, port, "/api/users/1", good);
        expect(UNAUTHORIZED, port, "/api/users/1", stolen);
    }

    private static void expect(int status, int port, String path, String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!token.isEmpty()) {
            request.header("authorization", "Bearer " + token);
        }
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            int answered = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (answered != status) {
                throw new IllegalStateException(path + " was answered " + answered + " instead of " + status);
            }
        }
    }
}

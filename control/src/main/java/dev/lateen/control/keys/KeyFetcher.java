package dev.lateen.control.keys;

import dev.lateen.control.fetch.WebFetcher;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import dev.lateen.translate.KeySets;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Fetches sets of keys over HTTP. Certificates of issuers must be good to the JDK's trust store.
///
/// Limits: eight at once; an answer of 1 MiB that comes within the address's patience; redirects, never from HTTPS to
/// HTTP.
///
/// Thread: any that may block.
public final class KeyFetcher implements AutoCloseable {
    private static final int AT_ONCE = 8;
    private static final int MOST_BYTES = 1 << 20;
    private static final String DISCOVERY = "/.well-known/openid-configuration";
    private static final JsonMapper JSON = new JsonMapper();

    private final WebFetcher web = new WebFetcher("application/json", MOST_BYTES);
    private final Semaphore turns = new Semaphore(AT_ONCE);

    /// A set with at least one usable key, as JSON.
    ///
    /// Errors: `IOException` that says what is wrong with the answer, or why there was none.
    public String fetch(KeyAddress address) throws IOException, InterruptedException {
        turns.acquire();
        try {
            String uri = address.discovered() ? discover(address) : address.uri();
            String keys = web.get(uri, address.patience());
            if (!KeySets.holdKey(keys)) {
                throw new IOException(uri + ": the answer is no set of keys (expected: a JWK set with a public key)");
            }
            return keys;
        } finally {
            turns.release();
        }
    }

    private String discover(KeyAddress address) throws IOException, InterruptedException {
        String issuer = address.uri();
        String at = (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY;
        try {
            String found = JSON.readTree(web.get(at, address.patience()))
                    .path("jwks_uri")
                    .asString("");
            if (!found.isEmpty()) {
                return found;
            }
        } catch (JacksonException _) {
            // The same advice holds.
        }
        throw new IOException(
                at + ": the answer does not say where the keys are (expected: a JSON object with jwks_uri)");
    }

    @Override
    public void close() {
        web.close();
    }
}

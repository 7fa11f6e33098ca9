package dev.lateen.translate;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.List;

/// Sets of keys that tokens are checked with. A proxy refuses a whole listener over a set without a key that it can
/// use, so such a set is replaced by one that accepts no token.
public final class KeySets {
    /// Its private half was thrown away.
    private static final String NOBODYS = "{\"keys\":[{\"e\":\"AQAB\",\"kid\":\"none\",\"kty\":\"RSA\",\"n\":\""
            + "rbvoJWcha58P0Hqnfa_8GKonenzHEsv4pLZrvavc8e-7VtGksjkuInFYp9Qo5pBzXxBorqhZxBeEglTNiaAVbc03CBSzczEAzGTX"
            + "JU9A7rd16nO2ho2wMcQVUjsIXqQDmZ_JZJCqKLHKiGA6oOGUiD6AKc7nR28h5JCfa7w7vGXhOc7SsVJo8_oEqy4VLezALs8ODnZe"
            + "D-26X1nKAO5XYdLTR_8sn0ADUOd1VC8vMgEBpIbffJDUqLgD-f8C2Xr6TnFfxiY6MoVTcS5LxA-NQ1zs7e6yuM30wOIcRM2Oi13y"
            + "qiP2J16hfBo3EK6FKqlCTmpNqF4I9PBRoUpAz10VCQ"
            + "\"}]}";
    private static final YamlLimits LIMITS = new YamlLimits(1024 * 1024, 20, 100_000, 1);

    private KeySets() {}

    /// The set, or one of nobody's key.
    ///
    /// @param jwks JSON; empty where the keys are not known
    static String usable(String jwks) {
        return holdKey(jwks) ? jwks : NOBODYS;
    }

    /// Whether the text is a set of keys, at least one of them public and complete.
    ///
    /// Limits: 1 MiB. Thread: any.
    public static boolean holdKey(String jwks) {
        for (YamlDocument document : new YamlReader(LIMITS).read(jwks, "jwks")) {
            if (document instanceof YamlDocument.Read(Mapping root, var _)) {
                List<Boolean> keys = new Fields(root).objects("keys", KeySets::isKey);
                return keys.contains(true);
            }
        }
        return false;
    }

    /// Source: RFC 7518 §6, RFC 8037 §2.
    private static boolean isKey(Fields key) {
        return switch (key.text("kty", "")) {
            case "RSA" -> key.has("n") && key.has("e");
            case "EC" -> key.has("crv") && key.has("x") && key.has("y");
            case "OKP" -> key.has("crv") && key.has("x");
            case "oct" -> key.has("k");
            default -> false;
        };
    }
}

package dev.lateen.control.identity;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Has Kubernetes say whose service account token it is: which alone knows whether the account and the pod still exist.
///
/// Thread: any; blocks.
///
/// Source: authentication.k8s.io/v1 TokenReview.
public final class TokenReviews implements TokenAuthenticator {
    private static final Logger LOG = LoggerFactory.getLogger(TokenReviews.class);
    private static final String PATH = "/apis/authentication.k8s.io/v1/tokenreviews";
    private static final String POD = "authentication.kubernetes.io/pod-name";
    private static final JsonMapper JSON = new JsonMapper();

    private final ApiServer server;
    private final List<String> audiences;
    private final String trustDomain;

    /// @param audiences for one of which the token must be made
    public TokenReviews(ApiServer server, List<String> audiences, String trustDomain) {
        this.server = server;
        this.audiences = List.copyOf(audiences);
        this.trustDomain = trustDomain;
    }

    @Override
    public TokenVerdict authenticate(String token) {
        ObjectNode review = JSON.createObjectNode()
                .put("apiVersion", "authentication.k8s.io/v1")
                .put("kind", "TokenReview");
        ObjectNode spec = review.putObject("spec").put("token", token);
        ArrayNode wanted = spec.putArray("audiences");
        audiences.forEach(wanted::add);
        try {
            ApiServer.Answer answer = server.send("POST", PATH, review);
            return answer.good() ? verdict(answer.body().path("status")) : failed(answer.message());
        } catch (IOException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private static TokenVerdict failed(String reason) {
        LOG.atWarn().addKeyValue("reason", reason).log("a token cannot be reviewed");
        return new TokenVerdict.Unknown("token: Kubernetes cannot be asked about it");
    }

    private TokenVerdict verdict(JsonNode status) {
        if (!status.path("authenticated").asBoolean(false)) {
            return new TokenVerdict.Unknown("token: Kubernetes does not accept it");
        }
        // A server that knows nothing of audiences names none, and would let any token pass.
        boolean meant = false;
        for (JsonNode audience : status.path("audiences")) {
            meant |= audiences.contains(audience.asString(""));
        }
        if (!meant) {
            return new TokenVerdict.Unknown("token: made for another audience");
        }
        JsonNode user = status.path("user");
        return ServiceAccounts.of(
                user.path("username").asString(""),
                trustDomain,
                user.path("extra").path(POD).path(0).asString(""));
    }
}

package dev.lateen.control.identity;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.RegistrationAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Has a signer of Kubernetes sign: makes a CertificateSigningRequest, approves it (whoever asked us has proved who it
/// is), waits for the certificate, and removes the request.
///
/// Limits: `PATIENCE` for a certificate; lifetimes of ten minutes and more, as Kubernetes has it.
///
/// Thread: any; blocks.
///
/// Source: certificates.k8s.io/v1; Istio's conventions for names and usages.
public final class KubernetesRequests implements RegistrationAuthority.Authority {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesRequests.class);
    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SHORTEST = Duration.ofMinutes(10);
    private static final Duration DEFAULT = Duration.ofHours(24);
    private static final JsonMapper JSON = new JsonMapper();

    private final ApiServer server;
    private final String signer;
    private final Path roots;
    private final InstantSource clock;

    /// @param signer such as `clusterissuers.cert-manager.io/istio`
    /// @param roots file with those that the signer's certificates lead to, which Kubernetes does not tell
    public KubernetesRequests(ApiServer server, String signer, Path roots, InstantSource clock) {
        this.server = server;
        this.signer = signer;
        this.roots = roots;
        this.clock = clock;
    }

    @Override
    public List<String> sign(String csrPem, SpiffeId id, Duration lifetime) throws IOException {
        byte[] random = new byte[10];
        new SecureRandom().nextBytes(random);
        String name = "csr-workload-" + HexFormat.of().formatHex(random);
        JsonNode made = ask("POST", PATH, request(name, csrPem, lifetime));
        try {
            ask("PUT", PATH + "/" + name + "/approval", approved(made, id));
            List<String> chain = new ArrayList<>();
            for (X509Certificate link : Pem.certificates(awaitCertificate(name))) {
                chain.add(Pem.encode(link));
            }
            chain.add(Files.readString(roots));
            return chain;
        } finally {
            remove(name);
        }
    }

    private ObjectNode request(String name, String csrPem, Duration lifetime) {
        Duration wanted = lifetime.isPositive() ? lifetime : DEFAULT;
        ObjectNode request = JSON.createObjectNode()
                .put("apiVersion", "certificates.k8s.io/v1")
                .put("kind", "CertificateSigningRequest");
        request.putObject("metadata").put("name", name);
        request.putObject("spec")
                .put("request", Base64.getEncoder().encodeToString(csrPem.getBytes(StandardCharsets.US_ASCII)))
                .put("signerName", signer)
                .put("expirationSeconds", Math.max(SHORTEST.toSeconds(), wanted.toSeconds()))
                .putArray("usages")
                .add("digital signature")
                .add("key encipherment")
                .add("server auth")
                .add("client auth");
        return request;
    }

    private static JsonNode approved(JsonNode made, SpiffeId id) throws IOException {
        if (!(made instanceof ObjectNode request)) {
            throw new IOException("API server: the request that was made is no object");
        }
        ObjectNode status = request.putObject("status");
        status.putArray("conditions")
                .addObject()
                .put("type", "Approved")
                .put("status", "True")
                .put("reason", "LateenApproved")
                .put("message", "the sender has proved to be " + id);
        return request;
    }

    private String awaitCertificate(String name) throws IOException {
        Instant deadline = clock.instant().plus(PATIENCE);
        while (clock.instant().isBefore(deadline)) {
            JsonNode status = ask("GET", PATH + "/" + name, null).path("status");
            for (JsonNode condition : status.path("conditions")) {
                String type = condition.path("type").asString("");
                if (type.equals("Denied") || type.equals("Failed")) {
                    throw new IOException("request " + name + ": " + type + ": "
                            + condition.path("message").asString(""));
                }
            }
            String certificate = status.path("certificate").asString("");
            if (!certificate.isEmpty()) {
                return new String(Base64.getDecoder().decode(certificate), StandardCharsets.US_ASCII);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new IOException("request " + name + ": signer " + signer + " gave no certificate within "
                + PATIENCE.toSeconds() + " s");
    }

    private JsonNode ask(String method, String path, @org.jspecify.annotations.Nullable JsonNode body)
            throws IOException {
        ApiServer.Answer answer = server.send(method, path, body);
        if (!answer.good()) {
            throw new IOException(method + " " + path + ": " + answer.message());
        }
        return answer.body();
    }

    private void remove(String name) {
        try {
            ask("DELETE", PATH + "/" + name, null);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a request for a certificate stays");
        }
    }
}

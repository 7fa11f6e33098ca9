package dev.lateen.e2e.behaviour;

import dev.lateen.e2e.acceptance.TranslatedGateway;
import dev.lateen.proxy.tls.SystemAuthorities;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and authorities in files, which resources name by their paths. Our proxy reads them itself; Envoy has
/// them as secrets of its bootstrap here, and of its agent in a mesh.
final class FileSecrets {
    private static final String CERTIFICATE = "file-cert:";
    private static final String SYSTEM = "file-root:system";
    private static final Pattern REFERENCE =
            Pattern.compile("(\"name\": \"(file-(?:cert|root):[^\"]+)\"),\\s*\"sds_config\": (?=\\{)");

    private final Set<String> names = new LinkedHashSet<>();

    private FileSecrets() {}

    /// What a mesh's resources make of a gateway.
    static Bootstrap ofGateway(DataPlane plane, String yaml, Collection<Integer> ports) throws IOException {
        if (plane == DataPlane.LATEEN) {
            return TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), ports);
        }
        FileSecrets files = new FileSecrets();
        Bootstrap bootstrap = TranslatedGateway.bootstrap(yaml, plane.nodeMetadata(), ports, files::askingNobody);
        for (String name : files.names) {
            bootstrap.secret(secret(name));
        }
        return bootstrap;
    }

    /// The text of a resource whose secrets of files have no source but the bootstrap.
    private String askingNobody(String resource) {
        StringBuilder kept = new StringBuilder();
        int from = 0;
        Matcher matcher = REFERENCE.matcher(resource);
        while (matcher.find()) {
            names.add(matcher.group(2));
            kept.append(resource, from, matcher.end(1));
            from = endOfObject(resource, matcher.end());
        }
        return kept.append(resource, from, resource.length()).toString();
    }

    private static int endOfObject(String text, int start) {
        int depth = 0;
        for (int at = start; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return at + 1;
            }
        }
        throw new IllegalArgumentException("an object without an end: " + text.substring(start));
    }

    private static String secret(String name) {
        String files = name.substring(name.indexOf(':') + 1);
        if (name.startsWith(CERTIFICATE)) {
            String[] pair = files.split("~", -1);
            return """
                    {name: "%s", tls_certificate: {certificate_chain: {filename: "%s"}, private_key: {filename: "%s"}}}""".formatted(name, pair[0], pair[1]);
        }
        String roots =
                name.equals(SYSTEM) ? SystemAuthorities.bundle().orElseThrow().toString() : files;
        return """
                {name: "%s", validation_context: {trusted_ca: {filename: "%s"}}}""".formatted(name, roots);
    }
}

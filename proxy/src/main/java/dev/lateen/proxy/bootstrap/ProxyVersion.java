package dev.lateen.proxy.bootstrap;

import io.envoyproxy.envoy.config.core.v3.BuildVersion;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.type.v3.SemanticVersion;

/// Which release of the proxy this is, and how it tells the control plane.
public final class ProxyVersion {
    private static final int MAJOR = 0;
    private static final int MINOR = 1;
    private static final int PATCH = 0;

    public static final String TEXT = MAJOR + "." + MINOR + "." + PATCH;

    private ProxyVersion() {}

    /// What a bootstrap says of the software counts, as with Envoy, for nothing.
    static Node in(Node node) {
        return node.toBuilder()
                .setUserAgentName("lateen")
                .setUserAgentBuildVersion(BuildVersion.newBuilder()
                        .setVersion(SemanticVersion.newBuilder()
                                .setMajorNumber(MAJOR)
                                .setMinorNumber(MINOR)
                                .setPatch(PATCH)))
                .build();
    }
}

package dev.lateen.translate;

import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;

/// Listeners on all addresses: a proxy with addresses of both families has two such addresses.
final class Wildcards {
    private Wildcards() {}

    static boolean is(String bind) {
        return bind.equals("0.0.0.0") || bind.equals("::");
    }

    /// Gives a listener for services the other family's wildcard address where the proxy has addresses of both.
    static void addOther(Scene scene, Listener.Builder listener, int port) {
        if (scene.node().supportsIpv4() && scene.node().supportsIpv6()) {
            add(listener, "::", port);
        }
    }

    /// Gives the listener the wildcard address of the other family where the proxy has one.
    static void addOthers(Scene scene, Listener.Builder listener, int port) {
        boolean both = scene.settings().on("EnableDualStack")
                && scene.node().supportsIpv4()
                && scene.node().supportsIpv6();
        boolean forced = scene.ipv6Only() && scene.settings().on("EnableAdditionalIpv4OutboundListenerForIpv6Only");
        if (both) {
            add(listener, "::", port);
        } else if (forced) {
            add(listener, "0.0.0.0", port);
        }
    }

    private static void add(Listener.Builder listener, String address, int port) {
        listener.addAdditionalAddresses(AdditionalAddress.newBuilder().setAddress(Protos.address(address, port)));
    }
}

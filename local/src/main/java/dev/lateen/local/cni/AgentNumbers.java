package dev.lateen.local.cni;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// What the agent counts, and shows as Prometheus reads it. Names beginning with `istio_cni_` are Istio's.
///
/// Thread: any.
final class AgentNumbers {
    private static final double NANOS = 1e9;

    private final LongAdder installed = new LongAdder();
    private final LongAdder passed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder mended = new LongAdder();
    private final LongAdder unmended = new LongAdder();
    private volatile boolean ready;

    /// @param inPlace whether the plugin is where it belongs
    void installed(boolean inPlace) {
        if (inPlace && !ready) {
            installed.increment();
        }
        ready = inPlace;
    }

    boolean isReady() {
        return ready;
    }

    void answered(PluginAnswer answer, long took) {
        (answer instanceof PluginAnswer.Pass ? passed : refused).increment();
        nanos.add(took);
    }

    void repaired(boolean done) {
        (done ? mended : unmended).increment();
    }

    String text() {
        StringBuilder out = new StringBuilder(1024);
        head(out, "istio_cni_install_ready", "gauge", "Whether the plugin is on the node.");
        line(out, "istio_cni_install_ready", "", ready ? "1" : "0");
        head(out, "istio_cni_installs_total", "counter", "How often the plugin was put there.");
        line(out, "istio_cni_installs_total", "{result=\"SUCCESS\"}", installed.toString());
        head(out, "istio_cni_repair_pods_repaired_total", "counter", "Pods that started without their rules.");
        line(out, "istio_cni_repair_pods_repaired_total", "{result=\"SUCCESS\"}", mended.toString());
        line(out, "istio_cni_repair_pods_repaired_total", "{result=\"FAIL\"}", unmended.toString());
        head(out, "lateen_cni_requests_total", "counter", "Pods whose network the plugin asked about.");
        line(out, "lateen_cni_requests_total", "{answer=\"pass\"}", passed.toString());
        line(out, "lateen_cni_requests_total", "{answer=\"refuse\"}", refused.toString());
        head(out, "lateen_cni_request_seconds_total", "counter", "Time that answers took, together.");
        line(out, "lateen_cni_request_seconds_total", "", String.format(Locale.ROOT, "%.6f", nanos.sum() / NANOS));
        return out.toString();
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder out, String name, String labels, String value) {
        out.append(name).append(labels).append(' ').append(value).append('\n');
    }
}

package dev.lateen.local.capture;

import dev.lateen.local.manifest.WorkloadSpec;
import java.util.List;

/// Transparent capture: a network namespace a pod, with Istio's redirection rules.
public final class TransparentCapture implements Capture {
    @Override
    public Place place(String podName, WorkloadSpec workload) {
        throw new IllegalStateException("transparent capture is not built yet");
    }

    @Override
    public void release(Place place) {}

    @Override
    public String controlAddress() {
        return "127.0.0.1";
    }

    @Override
    public List<String> controlPrefix() {
        return List.of();
    }

    @Override
    public String interceptionMode() {
        return "REDIRECT";
    }

    @Override
    public int gatewayPort(int declared) {
        return declared;
    }

    @Override
    public void close() {}
}

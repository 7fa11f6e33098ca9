package dev.lateen.kubernetes.inject;

/// Whether a pod gets a sidecar, and why, in one clause: "namespace 'shop' has the label istio-injection=enabled".
public sealed interface InjectionDecision {
    String because();

    record Injects(String because) implements InjectionDecision {}

    record Skips(String because) implements InjectionDecision {}
}

package dev.lateen.proxy.tls;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The secrets that are known now, and who wants to hear of a new version.
///
/// Thread: `put` and `remove` on the chores loop; everything else any. Listeners run on the caller of `put`.
public final class Secrets {
    private final Map<SecretRef, Secret> byRef = new ConcurrentHashMap<>();
    private final Map<SecretRef, List<Runnable>> listeners = new ConcurrentHashMap<>();

    public Optional<Secret> get(SecretRef ref) {
        return Optional.ofNullable(byRef.get(ref));
    }

    public boolean has(Collection<SecretRef> refs) {
        return byRef.keySet().containsAll(refs);
    }

    public void put(SecretRef ref, Secret secret) {
        byRef.put(ref, secret);
        List.copyOf(listeners.getOrDefault(ref, List.of())).forEach(Runnable::run);
    }

    public void remove(SecretRef ref) {
        byRef.remove(ref);
    }

    /// Calls back after each `put` of this secret until the returned action is run.
    public Runnable onChange(SecretRef ref, Runnable listener) {
        List<Runnable> those = listeners.computeIfAbsent(ref, _ -> new CopyOnWriteArrayList<>());
        those.add(listener);
        return () -> those.remove(listener);
    }

    /// All references and secrets, for the admin API.
    public Map<SecretRef, Secret> all() {
        return Map.copyOf(byRef);
    }

    /// The certificate of a source, if it has arrived and is one.
    Optional<CertificateConfig> certificate(TlsContextConfig.CertificateSource source) {
        return switch (source) {
            case TlsContextConfig.CertificateSource.Inline(CertificateConfig certificate) -> Optional.of(certificate);
            case TlsContextConfig.CertificateSource.Named(SecretRef ref) ->
                get(ref).flatMap(secret -> switch (secret) {
                    case Secret.Certificate(CertificateConfig certificate) -> Optional.of(certificate);
                    case Secret.Validation _ -> Optional.empty();
                });
        };
    }

    /// The validation of a source with its secret merged in, if that has arrived and is one.
    Optional<ValidationConfig> validation(TlsContextConfig.ValidationSource source) {
        if (source.secret().isEmpty()) {
            return Optional.of(source.own());
        }
        return get(source.secret().get()).flatMap(secret -> switch (secret) {
            case Secret.Validation(ValidationConfig validation) ->
                Optional.of(source.own().combine(validation));
            case Secret.Certificate _ -> Optional.empty();
        });
    }

    /// Subscribes to every secret of a context.
    List<Runnable> subscribe(TlsContextConfig config, Runnable listener) {
        List<Runnable> cancels = new ArrayList<>();
        for (SecretRef ref : config.secrets()) {
            cancels.add(onChange(ref, listener));
        }
        return cancels;
    }
}

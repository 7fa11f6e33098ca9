package dev.lateen.dashboard.explain;

import dev.lateen.dashboard.explain.Explanation.Place;
import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.Optional;

/// Knows where resources are written.
///
/// Thread: any; may block.
public interface Places {
    /// Where the first of these fields stands that the resource has, or else the resource itself; empty where there is
    /// no such resource.
    ///
    /// @param fields as `FieldPath` reads them
    Optional<Place> find(ResourceKey resource, List<String> fields);

    /// The RequestAuthentication that names this issuer, if one does: one of the workload's namespace before others.
    Optional<Place> ofIssuer(String issuer, String namespace);

    /// The PeerAuthentication that has workloads of this service take mutual TLS alone, if one does.
    Optional<Place> ofStrict(String host);

    /// The Ingress that stands at a line, or ends there.
    Optional<Place> ofIngress(String file, int line);

    /// Knows nothing.
    Places NONE = new Places() {
        @Override
        public Optional<Place> find(ResourceKey resource, List<String> fields) {
            return Optional.empty();
        }

        @Override
        public Optional<Place> ofIssuer(String issuer, String namespace) {
            return Optional.empty();
        }

        @Override
        public Optional<Place> ofStrict(String host) {
            return Optional.empty();
        }

        @Override
        public Optional<Place> ofIngress(String file, int line) {
            return Optional.empty();
        }
    };
}

package dev.lateen.model.access;

import java.util.Map;

/// Who asks.
///
/// @param name as somebody would call it
/// @param identity `TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT`, empty for nobody that the mesh knows
/// @param namespace where it runs, for short names and rules; empty outside of the mesh
/// @param address empty where it is not known
/// @param proxied whether a proxy of the mesh sends for it
public record AccessClient(
        String name, String identity, String namespace, Map<String, String> labels, String address, boolean proxied) {
    public AccessClient {
        labels = Map.copyOf(labels);
    }
}

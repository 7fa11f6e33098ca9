package dev.lateen.control.workload;

import dev.lateen.model.resource.ResourceKey;

/// Names one WorkloadEntry.
record EntryKey(String namespace, String name) {
    static final String GROUP = "networking.istio.io";
    static final String KIND = "WorkloadEntry";

    static EntryKey of(ResourceKey key) {
        return new EntryKey(key.namespace(), key.name());
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

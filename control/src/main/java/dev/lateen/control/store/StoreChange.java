package dev.lateen.control.store;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.List;

/// What a change of files means for the resources in force.
public record StoreChange(List<RawResource> put, List<ResourceKey> removed) {
    public StoreChange {
        put = List.copyOf(put);
        removed = List.copyOf(removed);
    }

    public boolean isEmpty() {
        return put.isEmpty() && removed.isEmpty();
    }
}

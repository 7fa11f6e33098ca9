package dev.lateen.translate.patch;

import com.google.protobuf.Message;
import com.google.re2j.Pattern;
import dev.lateen.model.istio.EnvoyFilter;
import dev.lateen.model.istio.EnvoyFilter.Match;
import dev.lateen.model.istio.EnvoyFilter.Operation;
import dev.lateen.model.istio.EnvoyFilter.Patch;
import dev.lateen.translate.message.MessageMerge;
import java.util.Optional;

/// A patch whose value has become a message.
///
/// @param value of the class that its part asks for; absent where something is removed
/// @param version what has to be found in a proxy's version
///
/// Thread: any (immutable). Each instance is a patch of its own.
record CompiledPatch(EnvoyFilter filter, Patch patch, Optional<Message> value, Optional<Pattern> version) {
    Match match() {
        return patch.match();
    }

    Operation operation() {
        return patch.operation();
    }

    boolean merges() {
        return operation() == Operation.MERGE || operation() == Operation.MERGE_AND_REPLACE_LIST;
    }

    /// The value, which a patch of a part of class `type` has unless it removes.
    <M extends Message> M value(Class<M> type) {
        return type.cast(value.orElseThrow());
    }

    <M extends Message> M mergedInto(M base, MessageMerge merge) {
        return merge.merged(base, value.orElseThrow(), operation() == Operation.MERGE_AND_REPLACE_LIST);
    }
}

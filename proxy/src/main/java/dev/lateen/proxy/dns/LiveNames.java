package dev.lateen.proxy.dns;

import com.google.protobuf.Any;
import dev.lateen.proxy.config.Decoded;
import java.util.Optional;

/// The table of names in force: what the control plane told last, also while it is away.
///
/// Thread: any.
public final class LiveNames {
    private final NameTableDecoder decoder;
    private volatile NameTable table = NameTable.EMPTY;
    private volatile boolean told;

    public LiveNames(NameTableDecoder decoder) {
        this.decoder = decoder;
    }

    /// Of a proxy that serves no names.
    public static LiveNames unused() {
        return new LiveNames(new NameTableDecoder("", Optional.empty()));
    }

    /// Puts a table in force.
    ///
    /// @return why it was refused, which leaves the one before
    public Optional<String> take(Any any) {
        return switch (decoder.decode(any)) {
            case Decoded.Ok<NameTable>(NameTable read) -> {
                table = read;
                told = true;
                yield Optional.empty();
            }
            case Decoded.Rejected<NameTable>(String reason) -> Optional.of(reason);
        };
    }

    /// Whether the control plane has told any table yet.
    public boolean told() {
        return told;
    }

    NameTable table() {
        return table;
    }
}

package dev.lateen.control.push;

import java.time.Duration;

/// How changes are gathered before they are pushed.
///
/// @param quiet a push waits until nothing has changed for that long
/// @param longest but no longer than that after the first change
public record PushTiming(Duration quiet, Duration longest) {
    /// Istio waits 100 ms and at most 10 s; one second keeps a stream of edits visible.
    public static final PushTiming DEFAULT = new PushTiming(Duration.ofMillis(100), Duration.ofSeconds(1));
}

package dev.lateen.proxy.admin;

import java.util.function.Consumer;

/// Answers requests of one admin port.
///
/// Thread: chores loop.
interface AdminPages {
    /// @param reply takes the answer, once, on any thread
    void handle(AdminRequest request, Consumer<AdminReply> reply);
}

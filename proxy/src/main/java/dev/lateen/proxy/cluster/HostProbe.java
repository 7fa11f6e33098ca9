package dev.lateen.proxy.cluster;

import dev.lateen.proxy.health.CheckResult;

/// Asks one host how it is, time and again; may keep a connection meanwhile.
///
/// Thread: chores loop.
interface HostProbe {
    /// Takes the result of one check, once; not after `cancel`. May be called before `start` has returned.
    interface Outcome {
        void onResult(CheckResult result);
    }

    /// Starts a check; none may be under way.
    void start(Outcome outcome);

    /// Gives up the check that is under way, with its connection.
    void cancel();

    /// Lets go of what is kept. No check may be under way.
    void close();
}

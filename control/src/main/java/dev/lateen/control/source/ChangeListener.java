package dev.lateen.control.source;

import java.time.Duration;

/// Hears what is worth counting on the way from a change to its push.
///
/// Thread: control loop; must return at once.
public interface ChangeListener {
    /// What changes are about, in istiod's words.
    enum Cause {
        ENDPOINT,
        SERVICE,
        SECRET,
        CONFIG,
        /// Keys, lists, bundles, roots: what all proxies share.
        GLOBAL,
        /// Somebody asked for it.
        DEBUG
    }

    /// A resource came, changed or went.
    void update(Cause about);

    /// A push begins.
    ///
    /// @param waited since its first change was noticed
    void triggered(Iterable<Cause> causes, Duration waited);

    /// A snapshot was made of the mesh.
    void built(Duration took);

    /// @param resources that are not in force as they stand
    void refused(long resources);

    /// An issuer was asked for the keys of its tokens.
    void keysFetched(boolean got);
}

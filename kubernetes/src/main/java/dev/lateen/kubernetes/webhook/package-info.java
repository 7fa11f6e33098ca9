/// What an API server asks before it takes an object: admission reviews in, admission reviews out. Pure functions; the
/// control plane listens. Entry: InjectionHook.
@NullMarked
package dev.lateen.kubernetes.webhook;

import org.jspecify.annotations.NullMarked;

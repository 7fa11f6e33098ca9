/// From a change to the proxies: when to push, to whom. Entry: `PushScheduler`, `Proxies`.
@NullMarked
package dev.lateen.control.push;

import org.jspecify.annotations.NullMarked;

/// Where a request goes: route configurations as records, their decoder, and the table that finds the virtual host and
/// route of a request. Pure: no clock, no I/O, no randomness of its own. Used by `http`. Entry: `RouteTable`.
@NullMarked
package dev.lateen.proxy.route;

import org.jspecify.annotations.NullMarked;

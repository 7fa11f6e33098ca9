/// What became of the last requests and connections, so that each answer can be explained.
/// Entry: `Decisions`. Written by event loops at the end of a request, read by the admin API.
@NullMarked
package dev.lateen.proxy.decision;

import org.jspecify.annotations.NullMarked;

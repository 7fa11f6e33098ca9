/// Access logs: compiled formats and bounded writers. Entry: `AccessLogger`.
@NullMarked
package dev.lateen.proxy.accesslog;

import org.jspecify.annotations.NullMarked;

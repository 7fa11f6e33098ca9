/// Access logs: compiled formats and bounded writers. Entry: `AccessLogger`.
@NullMarked
package dev.lateen.proxy.telemetry.accesslog;

import org.jspecify.annotations.NullMarked;

/// What traces tell: who called whom in a request, and where a trace breaks. Entry: `TraceDoctor`.
@NullMarked
package dev.lateen.dashboard.trace;

import org.jspecify.annotations.NullMarked;

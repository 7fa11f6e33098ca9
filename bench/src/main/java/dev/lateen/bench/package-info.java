/// Internal: JMH and side-by-side runs.
@NullMarked
package dev.lateen.bench;

import org.jspecify.annotations.NullMarked;

/// The dashboard in a real browser.
@NullMarked
package dev.lateen.e2e.dashboard;

import org.jspecify.annotations.NullMarked;

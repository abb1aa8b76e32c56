/** What a run has shown, as text and as a page. */
@NullMarked
package io.reliablemq.reliability.report;

import org.jspecify.annotations.NullMarked;

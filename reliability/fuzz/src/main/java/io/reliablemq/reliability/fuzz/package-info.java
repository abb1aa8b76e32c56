/** What all fuzz targets share; each is in the package whose seam it calls. */
@NullMarked
package io.reliablemq.reliability.fuzz;

import org.jspecify.annotations.NullMarked;

/** A user's application. */
package com.example.notes;

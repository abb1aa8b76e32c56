package com.example.notes;

import com.example.notes.NotesApplication.Note;
import org.springframework.data.jpa.repository.JpaRepository;

interface Notes extends JpaRepository<Note, Long> {

    int countByTextAndCopy(String text, boolean copy);
}

package com.example.notes;

import io.reliablemq.consumer.IdempotentListener;
import io.reliablemq.outbox.ReliableSend;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** A user's application with JPA and migrations of its own; nothing of the library is configured but where the broker is. */
@SpringBootApplication
public class NotesApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(NotesApplication.class, arguments);
    }

    /** What is written down. */
    @Entity(name = "note")
    public static class Note {

        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        private Long id;

        private String text;
        private boolean copy;

        protected Note() {}

        Note(String text, boolean copy) {
            this.text = text;
            this.copy = copy;
        }

        public Long getId() {
            return id;
        }

        public String getText() {
            return text;
        }

        public boolean isCopy() {
            return copy;
        }
    }

    /** What is sent. */
    public record Written(String text) {}

    /** Writes notes and announces them. */
    @Service
    public static class Writer {

        private final Notes notes;

        Writer(Notes notes) {
            this.notes = notes;
        }

        @Transactional
        @ReliableSend(topic = "notes", key = "text")
        public Written write(String text, boolean regret) {
            notes.save(new Note(text, false));
            if (regret) {
                throw new IllegalStateException("regretted");
            }
            return new Written(text);
        }
    }

    /** Copies notes. */
    @Service
    public static class Copier {

        private final Notes notes;

        Copier(Notes notes) {
            this.notes = notes;
        }

        @IdempotentListener(topic = "notes", consumerGroup = "copier")
        public void copy(Written written) {
            notes.save(new Note(written.text(), true));
        }
    }
}

package io.reliablemq.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * On one of several {@code DataSource} beans: the one that holds outbox and inbox. Without it the primary one does. On one of several
 * transaction manager beans: the one in which listeners run; without it the one of that {@code DataSource} is found.
 *
 * <p>Messages can be sent within transactions of that {@code DataSource} only; in others a send is refused.
 */
@Documented
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER, ElementType.FIELD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
public @interface ReliableMqDataSource {}

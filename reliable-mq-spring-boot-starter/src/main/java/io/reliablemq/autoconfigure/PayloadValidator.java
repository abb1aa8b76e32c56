package io.reliablemq.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.validation.Validator;
import org.springframework.validation.beanvalidation.SpringValidatorAdapter;

/** The application's validator: that of Bean Validation where there is one, else Spring's. */
final class PayloadValidator {

    private static final boolean BEAN_VALIDATION =
            ClassUtils.isPresent("jakarta.validation.Validator", PayloadValidator.class.getClassLoader());

    private PayloadValidator() {}

    /** Null when there is none, or several and none is primary. */
    static @Nullable Validator of(BeanFactory beans) {
        Validator adapted = BEAN_VALIDATION ? BeanValidation.of(beans) : null;
        return adapted == null ? beans.getBeanProvider(Validator.class).getIfUnique() : adapted;
    }

    /** Loaded only where its types are. */
    private static final class BeanValidation {

        static @Nullable Validator of(BeanFactory beans) {
            jakarta.validation.Validator validator =
                    beans.getBeanProvider(jakarta.validation.Validator.class).getIfUnique();
            if (validator == null) {
                return null;
            }
            return validator instanceof Validator spring ? spring : new SpringValidatorAdapter(validator);
        }
    }
}

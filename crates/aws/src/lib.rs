//! Terrane: aws.

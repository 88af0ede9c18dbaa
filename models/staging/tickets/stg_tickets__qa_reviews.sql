{{ canonical_empty('qa_reviews') }}

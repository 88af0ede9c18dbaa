{{ checked_input('qa_reviews') }}

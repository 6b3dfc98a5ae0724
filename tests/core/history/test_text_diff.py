from core.history.text_diff import Part, compare_words


def test_what_is_the_same_is_one_part():
    assert compare_words("Done when  signed.", "Done when\nsigned.") == [Part("Done when signed.")]


def test_words_are_compared_as_wholes():
    assert compare_words("Done when it is signed.", "Done when it is published soon.") == [
        Part("Done when it is"),
        Part("signed.", is_removed=True),
        Part("published soon.", is_added=True),
    ]


def test_one_of_the_texts_may_be_empty():
    assert compare_words("", "All new.") == [Part("All new.", is_added=True)]
    assert compare_words("All gone.", "") == [Part("All gone.", is_removed=True)]

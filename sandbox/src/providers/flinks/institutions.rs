//! The invented banks and their customers: what there is to choose and to type.

/// The dummy bank of the documentation.
pub(super) const INSTITUTION: &str = "FlinksCapital";
/// A bank that is out of order.
pub(super) const DISABLED_INSTITUTION: &str = "PolarMutual";
/// A bank that signs people in on a page of its own.
pub(super) const OAUTH_INSTITUTION: &str = "SaintLaurentBank";
/// The dummy bank's customer.
pub(super) const USERNAME: &str = "Greatday";
/// A customer whom the bank asks nothing.
pub(super) const UNASKED: &str = "greatday_nomfa";
/// Their password.
pub(super) const PASSWORD: &str = "Everyday";
/// What they answer to the first question.
pub(super) const ANSWER: &str = "Montreal";

/// ID, name, what it says of itself in English and in French. The dummy bank comes first, and with `demo=true` only.
pub(super) const INSTITUTIONS: [(&str, &str, [&str; 2]); 5] = [
    (INSTITUTION, "Flinks Capital", ["The dummy bank of Flinks", "La banque fictive de Flinks"]),
    ("MapleRidge", "Maple Ridge Bank", ["Personal and business banking", "Particuliers et entreprises"]),
    ("CaisseDesErables", "Caisse des Érables", ["Owned by its members", "Appartient à ses membres"]),
    (
        OAUTH_INSTITUTION,
        "Saint-Laurent Bank",
        ["You sign in on the bank’s own page", "Vous ouvrez la session sur la page de la banque"],
    ),
    (DISABLED_INSTITUTION, "Polar Mutual", ["Out of order at the moment", "Hors service pour le moment"]),
];

/// In the order in which they are asked.
pub(super) const QUESTIONS: [([&str; 2], &str); 3] = [
    (["What city were you born in?", "Dans quelle ville êtes-vous né?"], ANSWER),
    (["What is the best country on Earth?", "Quel est le meilleur pays au monde?"], "Canada"),
    (["What shape do people like the most?", "Quelle forme les gens préfèrent-ils?"], "Triangle"),
];

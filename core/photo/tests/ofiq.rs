//! Scores against those of OFIQ 1.0.3, where its table lies beside the project.

use std::path::PathBuf;

use homon_photo::measure::Measure;

/// Native value and score of 28 measures for 28 pictures, as OFIQ publishes them. The table is not part of the project.
#[test]
fn every_score_of_ofiq_follows_from_its_native_value() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/ofiq/expected_results.csv");
    let Ok(table) = std::fs::read_to_string(&beside) else {
        eprintln!(
            "SKIPPED every_score_of_ofiq_follows_from_its_native_value: the table of OFIQ is not beside the project"
        );
        return;
    };
    let mut lines = table.lines().map(|line| line.trim_end_matches(';').split(';').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let column = |name: &str| names.iter().position(|column| *column == name).unwrap();
    let measures = &Measure::ALL[..28];
    let mut pairs = 0;
    for line in lines.filter(|line| line.len() > 1) {
        for measure in measures {
            let name = measure.name();
            let native: f64 = line[column(&name)].parse().unwrap();
            let score: u8 = line[column(&format!("{name}.scalar"))].parse().unwrap();
            assert_eq!(measure.score(native), score, "{name} of {native} in {}", line[0]);
            pairs += 1;
        }
    }
    assert_eq!(pairs, 784);
}

/// Some of them, so that the curves are held where the table is not.
#[test]
fn a_pair_of_each_curve() {
    let pairs = [
        (Measure::BackgroundUniformity, 242.789_467, 17),
        (Measure::IlluminationUniformity, 0.030_277, 35),
        (Measure::LuminanceMean, 0.190_441, 45),
        (Measure::LuminanceVariance, 0.028_186, 92),
        (Measure::DynamicRange, 6.209_496, 78),
        (Measure::NaturalColour, 3.350_172, 83),
        (Measure::EyesOpen, 0.060_196, 98),
        (Measure::MouthClosed, 0.065_274, 90),
        (Measure::HeadPosePitch, 13.818_240, 94),
        (Measure::NoHeadCoverings, 0.515_918, 1),
        (Measure::ExpressionNeutrality, -10_990.883_789, 23),
        (Measure::UnifiedQualityScore, 17.191_828, 10),
        (Measure::Sharpness, 44.0, 99),
    ];
    for (measure, native, score) in pairs {
        assert_eq!(measure.score(native), score, "{}", measure.name());
    }
}

#[test]
fn a_value_that_is_no_number_scores_nothing() {
    for measure in Measure::ALL {
        assert_eq!(measure.score(f64::NAN), 0, "{}", measure.name());
    }
}

namespace Codexport.Engine.Results;

/// <summary>How serious a finding is.</summary>
public enum DiagnosticLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Did not apply, or could not be looked at.</summary>
    Skipped,

    /// <summary>Works, but not as it should.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Error,
}

/// <summary>What one check found.</summary>
/// <param name="Name">The check, a few words.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="Message">One line.</param>
/// <param name="Remedy">What to do; null when nothing is to be done.</param>
public sealed record DiagnosticFinding(string Name, DiagnosticLevel Level, string Message, string? Remedy = null);

/// <summary>What all checks found.</summary>
/// <param name="Findings">In the order of the checks.</param>
public sealed record DiagnosticReport(IReadOnlyList<DiagnosticFinding> Findings)
{
    /// <summary>The most serious level.</summary>
    public DiagnosticLevel Worst => Findings.Count == 0 ? DiagnosticLevel.Ok : Findings.Max(finding => finding.Level);
}

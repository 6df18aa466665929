using System.Management.Automation;
using Codexport.Engine.Errors;

namespace Codexport.PowerShell;

/// <summary>Turns the engine's errors into error records: the code as id, a fitting category, and the remedy as recommended action.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error.</summary>
    public static ErrorRecord From(CodexportException error)
    {
        var details = error.Details.Select(detail => $"{Environment.NewLine}  {detail.Key}: {OperationNames.ForCmdlets(ForeignText.Line(detail.Value))}");
        return new ErrorRecord(error, error.Code.ToString(), Enum.Parse<ErrorCategory>(ErrorFacts.Of(error.Code).Kind.ToString()), error.Target)
        {
            ErrorDetails = new ErrorDetails($"{OperationNames.ForCmdlets(error.Message)}{string.Concat(details)}") { RecommendedAction = OperationNames.ForCmdlets(error.Remedy) },
        };
    }

    /// <summary>Whether the one thing that was asked for is not there, while everything else is as it should be.</summary>
    public static bool IsItemMissing(ErrorCode code)
        => code is ErrorCode.FollowerNotFound or ErrorCode.BackupNotFound or ErrorCode.RevisionNotFound;

    /// <summary>The record of a defect.</summary>
    public static ErrorRecord Unexpected(Exception error) => From(new CodexportException(
        ErrorCode.InternalError,
        $"Something went wrong that Codexport did not foresee ({error.GetType().Name}): {error.Message}",
        "Run the cmdlet again and report what 'Get-Error' shows.",
        inner: error));
}

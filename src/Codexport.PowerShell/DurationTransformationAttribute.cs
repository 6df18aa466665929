using System.Globalization;
using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.Settings;

namespace Codexport.PowerShell;

/// <summary>Takes a length of time as a time span, or as a text such as <c>15m</c> or <c>7d</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                TimeSpan span => span,
                string text when text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) => span,
                _ => Duration.Parse(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty),
            };
        }
        catch (CodexportException error)
        {
            throw new ArgumentTransformationMetadataException($"{error.Message} {error.Remedy}", error);
        }
    }
}

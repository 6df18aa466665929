using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.ServiceSetup;

namespace Codexport.PowerShell;

/// <summary>Takes an interval as a time span, or as a text such as <c>15m</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntervalTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                TimeSpan span => TimerInterval.Check(span),
                string text when TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var span) && text.Contains(':', StringComparison.Ordinal)
                    => TimerInterval.Check(span),
                _ => TimerInterval.Parse(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty),
            };
        }
        catch (CodexportException error)
        {
            throw new ArgumentTransformationMetadataException($"{error.Message} {error.Remedy}", error);
        }
    }
}

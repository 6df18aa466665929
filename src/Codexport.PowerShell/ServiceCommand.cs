using System.Management.Automation;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.PowerShell;

/// <summary>What the cmdlets that change a service or timer share: one plan, shown with -WhatIf and carried out without.</summary>
public abstract class ServiceCommand : CodexportChangeCommand
{
    /// <summary>Shows or makes a change.</summary>
    /// <param name="action">What it is, as a person would say it.</param>
    /// <param name="change">Makes the plan, and carries it out unless it is dry.</param>
    protected void Change(string action, Func<ServiceOperations, bool, Task<ServiceChangeResult>> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var plan = Run(context => change(ModuleProgram.Open(context, this), true));
        var description = plan.Changed ? $"{action} ({plan.Manager}, {plan.Name}):{Environment.NewLine}{plan.Describe()}" : $"{action}: nothing to change.";
        if (ShouldProcess(description, $"{action} '{plan.Name}' ({plan.Manager})?", "Codexport", out var reason))
        {
            var result = Run(context => change(ModuleProgram.Open(context, this), false));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
        else if (reason == ShouldProcessReason.WhatIf)
        {
            WriteWarnings(plan.Warnings);
            WriteResult(plan);
        }
    }
}

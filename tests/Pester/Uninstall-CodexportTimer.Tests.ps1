param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $user = New-TestFollower $master (Join-Path $TestDrive 'follower')
    Stop-TestMaster $master.Server
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Uninstall-CodexportTimer' {
    It 'changes nothing with -WhatIf, and gives its plan with -PassThru beside it' {
        $before = Get-Snapshot $TestDrive
        Uninstall-CodexportTimer -HomePath $user -WhatIf -WarningAction Ignore | Should -BeNullOrEmpty
        $plan = Uninstall-CodexportTimer -HomePath $user -WhatIf -PassThru -WarningAction Ignore
        $plan.DryRun | Should -BeTrue
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        $plan = Uninstall-CodexportTimer -HomePath $user -WhatIf -PassThru -WarningAction Ignore
        Assert-SameField $plan (Get-ProgramJson $ProgramPath $user 'follower', 'timer', 'uninstall', '--dry-run')
    }

    It 'has a table and a list' {
        $plan = Uninstall-CodexportTimer -HomePath $user -WhatIf -PassThru -WarningAction Ignore
        @(Get-TableColumn $plan).Count | Should -BeIn 3, 4, 5
        @(Get-ListLabel $plan) | Should -Contain 'Files'
        $plan.PSObject.TypeNames | Should -Contain 'Codexport.Engine.Results.ServiceChangeResult'
    }
}
